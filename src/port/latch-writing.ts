/** A latch on its way to the disk: promises, because no disk may hold up a cancel. Both reject with what the system says. */
export interface LatchWriting {
  /** A bot that looks now finds it. */
  readonly visible: Promise<void>
  /** It is there after a power cut, too. */
  readonly durable: Promise<void>
}
