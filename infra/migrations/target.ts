/** Where a migration run works: the owner's login does everything, the application's is made to open the database. */
export type MigrationTarget = Readonly<
  Record<'clusterArn' | 'name' | 'ownerSecretArn' | 'applicationSecretArn', string>
>;
