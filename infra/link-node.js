// Plain JavaScript on purpose: it runs on the machine's own Node, which may be too old to strip types.
//
// npm 10 deletes node_modules/.bin/node at the end of an install: it skips the Node packages of the other platforms and
// removes their binaries with them, and all of them name the same link. Without it every script would run on the
// machine's Node. npm 11 and 12 keep the link; there this writes what is there already.
import { chmodSync, existsSync, readFileSync, rmSync, symlinkSync } from 'node:fs';

const { optionalDependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
const platform = `${process.platform}-${process.arch}`;
const name = Object.keys(optionalDependencies).find((dependency) => dependency.endsWith(platform));
const binary = `node_modules/${name}/bin/node`;

if (name !== undefined && existsSync(binary)) {
  chmodSync(binary, 0o755);
  rmSync('node_modules/.bin/node', { force: true });
  symlinkSync(`../${name}/bin/node`, 'node_modules/.bin/node');
} else {
  process.stderr.write(
    `No Node 24 is packaged for ${platform}: scripts run on the machine's Node ${process.version}.\n`,
  );
}
