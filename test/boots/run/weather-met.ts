/** How often each kind of call has failed since the start. */
export type Met = {
  /** Asynchronous invokes. */
  readonly refused: number;
  /** Database calls, before they were carried out. */
  readonly failed: number;
  /** Database calls, after they were. */
  readonly lost: number;
  /** Downloads, by what they met. */
  readonly downloads: ReadonlyMap<string, number>;
};

/** One line. */
export function describeMet({ refused, failed, lost, downloads }: Met): string {
  const met = [...downloads].map(([fault, times]) => `${times} ${fault}`).join(', ') || 'none';
  return `Met in rough weather: asynchronous invokes: ${refused} refused; database calls: ${failed} failed, ${lost} answers lost; downloads: ${met}.`;
}

/** What never failed: of that, boots in rough weather have shown nothing. */
export function notMet({ refused, failed, lost, downloads }: Met): string[] {
  const times = {
    'no asynchronous invoke was refused': refused,
    'no database call failed': failed,
    "no database call's answer was lost": lost,
    'no download met a fault': downloads.size,
  };
  return Object.entries(times).flatMap(([said, count]) => (count === 0 ? [`In rough weather ${said}`] : []));
}
