/** The zones of the Region and their subnets, one each. */
export class Network {
  readonly #zones: readonly string[];
  /** subnet id by zone */
  readonly subnetIds: Readonly<Record<string, string>>;
  #next = 0;

  constructor(zones: readonly string[]) {
    if (zones.length === 0) throw new RangeError('A Region has at least one zone');
    this.#zones = zones;
    this.subnetIds = Object.fromEntries(zones.map((zone, index) => [zone, subnetId(index)]));
  }

  /** A zone for an instance that may be anywhere: each in its turn, where EC2 picks as it likes. */
  nextZone(): string {
    return this.#zones[this.#next++ % this.#zones.length] ?? '';
  }

  has(zone: string): boolean {
    return this.#zones.includes(zone);
  }

  zoneOf(subnetId: string): string | undefined {
    return this.#zones.find((zone) => this.subnetIds[zone] === subnetId);
  }

  subnetOf(zone: string): string {
    return this.subnetIds[zone] ?? '';
  }

  /** An address in the zone's own part of 10.0.0.0/8. */
  addressOf(zone: string, number: number): string {
    return `10.${this.#zones.indexOf(zone)}.${(number >> 8) & 255}.${number & 255}`;
  }
}

function subnetId(index: number): string {
  return `subnet-${(index + 1).toString(16).padStart(17, '0')}`;
}
