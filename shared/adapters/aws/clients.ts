/**
 * What every client of ours is opened with. Region, credentials and, on one machine, endpoints (`AWS_ENDPOINT_URL_DYNAMODB` and the like)
 * come from the environment, as the SDK reads it on Lambda.
 */
export const clientOptions = {
  /** First try and four more, with the SDK's jittered backoff: about 3 s at worst. */
  maxAttempts: 5,
  requestHandler: {
    connectionTimeout: 3_000,
    requestTimeout: 15_000,
    // Without it the SDK only warns, on standard output.
    throwOnRequestTimeout: true,
    // Enough for the widest fan-out of one invocation; the SDK's default is 50.
    httpAgent: { maxSockets: 128, keepAlive: true },
    httpsAgent: { maxSockets: 128, keepAlive: true },
  },
} as const;
