export const help = `Operate a fleet through its registry.

Usage: npm run muster -- <command> [options]

  ps [--status S]… [--runtime R] [--label K=V]… [--stale SECONDS]
      the fleet; --stale: only those not heard for so long
  show ID
      everything about one workspace
  events ID [--limit N] [--follow]
      its last N events (50), newest last; --follow: and every new one until Ctrl-C
  create --name N --runtime R [--label K=V]… [--restart-policy P] [--boot-timeout SECONDS] [--idle-minutes M]
         [--external] [--file BODY.json] [--key KEY]
      a new workspace and its instance; options go before what the file says. After 429, 5xx or a lost answer the
      call is repeated with the same idempotency key (KEY, else a new one), so that there is never a second workspace
  declare ID --file PLUGINS.json [--dry-run] [--force] [--if-version N]
      what it should have installed: a document {"plugins": [{name, version, source, sha256, config?, config_marks?}]};
      shows what changes. --dry-run: change nothing; --force: also what takes something away; --if-version: only if the
      newest declaration is still version N (0: none yet)
  restart ID [--replace]
      restart its instance; --replace: launch a new one in its place
  pause ID | resume ID | hibernate ID | wake ID
  rm ID
      remove it for good, and terminate its instance
  reissue-token ID
      end every token of the workspace and print new ones
  orphans [--dry-run] [--stage STAGE]
      look for instances without a row and rows without an instance, now; --dry-run: decide, and do nothing
  sweep --dry-run [--stage STAGE]
      ask EC2 now, and show which workspaces a sweep would change, on what evidence, and which the brake would hold;
      nothing is changed
  sweep --explain ID [--stage STAGE]
      what a sweep would do to one workspace now, and why; nothing is changed

ID is the whole id of a workspace (a UUID).
--json            what the registry answers, as JSON, and nothing else on stdout; of ps all pages as one; with --follow
                  one event a line. Silence npm with it: npm run -s muster -- ps --json
--url URL         the registry; otherwise MUSTER_URL, otherwise the newest stack that npm start runs in this checkout.
                  Calls are signed with your AWS identity (the SDK's default credentials), save on loopback.
--region REGION   of a registry on AWS; otherwise AWS_REGION
--stage STAGE     of a registry on AWS, for orphans and sweep, which are invoked as functions and not through the API
--help            this text

Exit codes: 0 done, 1 refused by the registry or not reachable, 2 wrong usage.
`;
