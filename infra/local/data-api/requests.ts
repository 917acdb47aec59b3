import { z } from 'zod';

const arn = (service: string) => z.string().regex(new RegExp(`^arn:[^:]+:${service}:`), `is no ARN of ${service}`);

/** A value of the wire. Exactly one member is set; arrays exist in the model, but no operation takes them. */
const field = z.union([
  z.object({ isNull: z.literal(true) }),
  z.object({ booleanValue: z.boolean() }),
  z.object({ longValue: z.number() }),
  z.object({ doubleValue: z.union([z.number(), z.enum(['NaN', 'Infinity', '-Infinity'])]) }),
  z.object({ stringValue: z.string() }),
  z.object({ blobValue: z.base64() }),
  z.object({ arrayValue: z.unknown() }),
]);

export const parameter = z.object({
  name: z.string(),
  value: field,
  typeHint: z.enum(['DATE', 'DECIMAL', 'JSON', 'TIME', 'TIMESTAMP', 'UUID']).optional(),
});

const common = {
  resourceArn: arn('rds'),
  secretArn: arn('secretsmanager'),
  database: z.string().optional(),
  schema: z.undefined("The schema parameter isn't supported").optional(),
};

export const executeStatement = z.object({
  ...common,
  sql: z.string().min(1),
  parameters: z.array(parameter).default([]),
  transactionId: z.string().optional(),
  includeResultMetadata: z.boolean().default(false),
  continueAfterTimeout: z.boolean().default(false),
  formatRecordsAs: z.enum(['NONE', 'JSON']).default('NONE'),
  resultSetOptions: z
    .object({
      decimalReturnType: z.enum(['STRING', 'DOUBLE_OR_LONG']).default('STRING'),
      longReturnType: z.enum(['LONG', 'STRING']).default('LONG'),
    })
    .prefault({}),
});

export const batchExecuteStatement = z.object({
  ...common,
  sql: z.string().min(1),
  parameterSets: z.array(z.array(parameter)).default([[]]),
  transactionId: z.string().optional(),
});

export const beginTransaction = z.object(common);

export const endTransaction = z.object({
  resourceArn: common.resourceArn,
  secretArn: common.secretArn,
  transactionId: z.string(),
});

export type Field = z.infer<typeof field>;
export type Parameter = z.infer<typeof parameter>;
export type ExecuteStatement = z.infer<typeof executeStatement>;
export type BatchExecuteStatement = z.infer<typeof batchExecuteStatement>;
