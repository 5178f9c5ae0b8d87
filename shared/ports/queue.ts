/** A standard SQS queue of messages of one kind. Messages may come twice, late, in any order, or not at all. */
export interface Queue<Message> {
  /** Any number; the adapter sends batches of 10 and retries single failures, then throws `QueueUnavailable`. */
  send(messages: readonly Outgoing<Message>[]): Promise<void>;
}

export interface Outgoing<Message> {
  readonly body: Message;
  /** 0 to 900; longer waits are the sweeper's. */
  readonly delaySeconds?: number;
  /**
   * On whose behalf: the Application's project; the repository, where projects share it or who follows it is not known. Fair queues keep a noisy one
   * from starving the others (MessageGroupId; no order, no exclusion). A message without it would wait behind everybody's.
   */
  readonly group: string;
}
