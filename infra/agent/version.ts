/** Sent at register, so that an operator sees which runtimes are old. Raised with every change of behaviour. */
export const AGENT_VERSION = '0.3.0';
