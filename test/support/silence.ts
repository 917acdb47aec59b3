/** Whoever is silent may change: no mass is held, and EC2 shows nothing impaired. */
export const NOTHING_HELD = { surveyedAt: '2099-01-01', held: [], impaired: [] } as const;
