import type { ClientOrderId, Leg } from './order.ts'

const LEG_LETTER: Readonly<Record<Leg, string>> = { entry: 'e', stop: 's', target: 'p', exit: 'x' }
const LEG_OF_LETTER: Readonly<Record<string, Leg>> = { e: 'entry', s: 'stop', p: 'target', x: 'exit' }
const PREFIX = 'l'
const PATTERN = /^l([0-9a-z]{2})([0-9a-z]{3})([0-9a-z]{8})([espx])([0-9a-z]{3})$/
const STRATEGY_SPACE = 36 ** 2
const EPOCH_SPACE = 36 ** 3
const INTENT_SPACE = 36 ** 8
const REVISION_SPACE = 36 ** 3

export interface OrderIdParts {
  /** The strategy's registry number. */
  readonly strategy: number
  /** Start of this process's ownership of the account; rises at each start. */
  readonly epoch: number
  /** Sequence number of the trade within the epoch. */
  readonly intent: number
  readonly leg: Leg
  /** Sequence number of this leg within the trade: replacements get a new one, an id is never used twice. */
  readonly revision: number
}

const spell = (value: number, width: number): string => value.toString(36).padStart(width, '0')

/** All pairs of digits: a number is put together of them, because spelling one in base 36 is slow. */
const PAIRS: readonly string[] = Array.from({ length: 36 ** 2 }, (_, i) => spell(i, 2))

/** `value` in so many digits; whole and within them. */
function base36(value: number, width: number): string {
  let text = ''
  let rest = value
  for (let left = width; left > 1; left -= 2) {
    const above = Math.floor(rest / PAIRS.length)
    text = PAIRS[rest - above * PAIRS.length]! + text
    rest = above
  }
  return width % 2 === 0 ? text : PAIRS[rest]!.slice(1) + text
}

/** `l` + strategy + epoch + intent + leg + revision: 18 lowercase alphanumerics. Throws on a value out of range. */
export function clientOrderId(parts: OrderIdParts): ClientOrderId {
  const { strategy, epoch, intent, leg, revision } = parts
  if (!(strategy >= 0 && strategy < STRATEGY_SPACE && epoch >= 0 && epoch < EPOCH_SPACE))
    throw new RangeError(`order id: strategy ${strategy}, epoch ${epoch}`)
  if (!(intent >= 0 && intent < INTENT_SPACE && revision >= 0 && revision < REVISION_SPACE))
    throw new RangeError(`order id: intent ${intent}, revision ${revision}`)
  return (tradePart(strategy, epoch, intent) + LEG_LETTER[leg] + base36(revision, 3)) as ClientOrderId
}

/** The orders of one trade are made one after the other, and most of their ids is the trade's. */
const latest = { strategy: -1, epoch: -1, intent: -1, text: '' }

function tradePart(strategy: number, epoch: number, intent: number): string {
  if (latest.intent !== intent || latest.epoch !== epoch || latest.strategy !== strategy) {
    latest.strategy = strategy
    latest.epoch = epoch
    latest.intent = intent
    latest.text = PREFIX + base36(strategy, 2) + base36(epoch, 3) + base36(intent, 8)
  }
  return latest.text
}

/** The epoch of orders that `panic` sends: no bot ever reaches it, so that a bot sees them as not its own. */
export const PANIC_EPOCH = 36 ** 3 - 1

/** The parts of an id of ours; `undefined` for a foreign one. */
export function parseClientOrderId(text: string): OrderIdParts | undefined {
  const match = PATTERN.exec(text)
  if (!match) return undefined
  return {
    strategy: Number.parseInt(match[1]!, 36),
    epoch: Number.parseInt(match[2]!, 36),
    intent: Number.parseInt(match[3]!, 36),
    leg: LEG_OF_LETTER[match[4]!]!,
    revision: Number.parseInt(match[5]!, 36),
  }
}
