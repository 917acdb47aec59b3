/**
 * Loaded into the host's process before the framework (`node --import`).
 *
 * serverless-offline 14 does not await a function that it invokes asynchronously: when one throws, as ours must, the
 * rejection would reach the framework as an uncaught exception and end the host with every function in it. On Lambda
 * such an error is one failed invocation.
 */
process.on('unhandledRejection', (reason) => {
  console.error('Asynchronous invocation failed:', reason);
});

// Its starter holds the other end of stdin, so the host goes when the starter has been killed without a word.
process.stdin.on('end', () => process.exit(1)).resume();
