import type { RDSDataClient } from '@aws-sdk/client-rds-data';
import {
  BeginTransactionCommand,
  CommitTransactionCommand,
  RollbackTransactionCommand,
} from '@aws-sdk/client-rds-data';
import type { DatabaseConfig } from '../../lib/adapters/rds-data/database.ts';

/** Data API transactions: only migrations use them, the functions' work is one statement each. */
export type Transactions = {
  /** Commits when `work` returns, rolls back when it throws: one left open would hold its locks for three minutes. */
  within<Result>(work: (transactionId: string) => Promise<Result>): Promise<Result>;
};

export function createTransactions(
  client: RDSDataClient,
  { clusterArn, secretArn, name }: DatabaseConfig,
): Transactions {
  const cluster = { resourceArn: clusterArn, secretArn };
  return {
    async within(work) {
      const { transactionId } = await client.send(new BeginTransactionCommand({ ...cluster, database: name }));
      if (transactionId === undefined) throw new Error('BeginTransaction answered no id');
      let result: Awaited<ReturnType<typeof work>>;
      try {
        result = await work(transactionId);
      } catch (error) {
        // The error that is on its way says more than a rollback that fails; the cluster ends the transaction itself.
        await client.send(new RollbackTransactionCommand({ ...cluster, transactionId })).catch(() => undefined);
        throw error;
      }
      await client.send(new CommitTransactionCommand({ ...cluster, transactionId }));
      return result;
    },
  };
}
