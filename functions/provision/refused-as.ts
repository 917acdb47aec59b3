import { InvalidLaunch, LaunchNotPermitted, type MusterError, ProvisionFailed } from '../../lib/domain/errors.ts';
import type { LaunchRefusal, LaunchRefused } from '../../lib/domain/launch.ts';

type Translate = (workspaceId: string | null, error: LaunchRefused) => MusterError;

const passes: Translate = (id, error) => new ProvisionFailed(id, error.message, { cause: error });
const forbidden: Translate = (id, error) => new LaunchNotPermitted(id, error.awsCode, { cause: error });
const wrong =
  (field: string, what: string): Translate =>
  (id, error) =>
    new InvalidLaunch(field, `EC2 refuses this ${what} (${error.awsCode}): give another`, id, { cause: error });

/** What a caller is told of each reason for which EC2 launches nothing. */
const TRANSLATIONS = {
  capacity: passes,
  throttled: passes,
  other: passes,
  quota: forbidden,
  permission: forbidden,
  template: wrong('launch.launch_template_id', 'launch template'),
  subnet: wrong('launch.subnet_id', 'subnet'),
} as const satisfies Record<LaunchRefusal, Translate>;

/** @param workspaceId null where no workspace was made */
export function refusedAs(error: LaunchRefused, workspaceId: string | null): MusterError {
  return TRANSLATIONS[error.refusal](workspaceId, error);
}
