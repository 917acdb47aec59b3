/** What a runtime needs in order to register, as its user data carries it. */
export type Bootstrap = {
  readonly registry_url: string;
  readonly workspace_id: string;
  readonly generation: number;
  readonly bootstrap_token: string;
};

/** The MIME type of our part; cloud-init passes over types that it does not know. */
const BOOTSTRAP_MIME_TYPE = 'application/vnd.muster.bootstrap+json';

const BOUNDARY = 'muster-user-data';

/** The user data document: MIME multipart, so that other parts (cloud-init's) can stand beside ours. ASCII only. */
export function bootstrapUserData(bootstrap: Bootstrap): string {
  return [
    `Content-Type: multipart/mixed; boundary="${BOUNDARY}"`,
    'MIME-Version: 1.0',
    '',
    `--${BOUNDARY}`,
    `Content-Type: ${BOOTSTRAP_MIME_TYPE}; charset="us-ascii"`,
    'Content-Transfer-Encoding: 7bit',
    '',
    JSON.stringify(bootstrap),
    `--${BOUNDARY}--`,
    '',
  ].join('\r\n');
}
