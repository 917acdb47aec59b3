/** The states in which an instance costs money, or can again: one that is dead is nobody's orphan. */
export const LIVING_STATES = ['pending', 'running', 'stopping', 'stopped'] as const;

export type LivingState = (typeof LIVING_STATES)[number];

/** An instance with our registry's tag, as EC2 lists it. The tags are what EC2 holds: nobody has checked them. */
export type TaggedInstance = {
  readonly instanceId: string;
  /** The tag muster:workspace. */
  readonly workspaceTag: string | null;
  /** The tag muster:generation. */
  readonly generationTag: string | null;
  readonly state: LivingState;
  readonly zone: string | null;
  /** When EC2 started it last; ISO 8601 in UTC. */
  readonly launchedAt: string;
  /** Whether it can be stopped and started again, with its disk: else a pause ends it. */
  readonly stoppable: boolean;
};

export type InstanceLister = {
  /**
   * Lists every living instance of a registry, in pages of at most 1,000.
   * @throws any error of EC2, on whatever page, and for an instance that cannot be read: what was listed until then is
   * not the whole, and nothing may be concluded from what it lacks
   */
  listRegistered(registryId: string): AsyncIterable<readonly TaggedInstance[]>;
};
