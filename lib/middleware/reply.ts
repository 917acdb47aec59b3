type Parts = { readonly status?: number; readonly headers?: Readonly<Record<string, string>>; readonly body: unknown };

/** An answer of success that is not the one its function always gives: another status, or more headers. */
class Reply {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;

  constructor({ status, headers = {}, body }: Parts) {
    this.status = status;
    this.headers = headers;
    this.body = body;
  }
}

/** What a handler returns in place of its bare body, to answer with another status or with more headers. */
export const reply = (parts: Parts): Reply => new Reply(parts);

/** What a handler returned, as a reply: a bare body changes neither status nor headers. */
export const asReply = (returned: unknown): Reply =>
  returned instanceof Reply ? returned : new Reply({ body: returned });

/** Says that an answer is the one that the same request was given before. */
export const REPLAYED = { 'idempotent-replayed': 'true' } as const;
