import { MIN_TRADES } from './metrics.ts'
import type { PlaceboKind, PlaceboOutcome, RealRun } from './placebo.ts'

/** Fewer seeds support no claim. */
const CLAIM_SEEDS = 200

const NAMES: Readonly<Record<PlaceboKind, string>> = {
  mirrored: 'mirrored levels',
  jittered: 'jittered levels',
  random_direction: 'random direction',
  random_times: 'random times',
}

export const placeboName = (kind: PlaceboKind): string => NAMES[kind]

export interface Verdict {
  /** Whether the real run beats every placebo after costs; `null` where that cannot be said. */
  readonly better: boolean | null
  /** Enough seeds for a claim. */
  readonly claim: boolean
  /** One sentence for the user, with its full stop. */
  readonly sentence: string
}

const signed = (value: number): string => `${value > 0 ? '+' : ''}${value.toFixed(3)} R`

/** Unbeaten, and the real run does worse by more than chance: the whole interval of the difference lies below zero. */
const isWorse = ({ beaten, difference }: PlaceboOutcome): boolean =>
  beaten === false && difference !== null && difference.high < 0

const list = (some: readonly PlaceboOutcome[]): string => some.map((o) => placeboName(o.kind)).join(', ')

/** How the real run stands to the placebos it does not beat, at least one. */
function shortfall(unbeaten: readonly PlaceboOutcome[]): string {
  const worse = unbeaten.filter(isWorse)
  const level = unbeaten.filter((o) => !isWorse(o))
  return [
    ...(worse.length > 0 ? [`is worse than ${list(worse)}`] : []),
    ...(level.length > 0 ? [`does not stand out against ${list(level)}`] : []),
  ].join(', and ')
}

/**
 * Better means better than all of them.
 * @param outcomes of the kinds that apply; empty when none was run
 */
export function verdictOf(seeds: number, real: RealRun, outcomes: readonly PlaceboOutcome[]): Verdict {
  const say = (better: boolean | null, sentence: string): Verdict => ({
    better,
    claim: seeds >= CLAIM_SEEDS && better !== null,
    sentence,
  })
  if (seeds === 0)
    return say(
      null,
      'No placebo was run, so nothing can be said about whether the strategies are worth more than chance.',
    )
  if (real.meanR === null || real.trades < MIN_TRADES) {
    return say(
      null,
      `With ${real.trades} trades nothing can be said about whether the strategies beat their placebos after costs; at least ${MIN_TRADES} are needed.`,
    )
  }
  const caveat =
    seeds < CLAIM_SEEDS
      ? ` (${seeds} ${seeds === 1 ? 'seed' : 'seeds'}: this is no claim, which takes ${CLAIM_SEEDS})`
      : ''
  const unknown = outcomes.filter((o) => o.beaten === null)
  const unbeaten = outcomes.filter((o) => o.beaten === false)
  const result = `mean ${signed(real.meanR)} a trade`
  if (unbeaten.length > 0)
    return say(
      false,
      `After costs the strategies do not beat their placebos: ${result} ${shortfall(unbeaten)}${caveat}.`,
    )
  if (unknown.length > 0)
    return say(
      null,
      `Whether the strategies beat their placebos after costs cannot be said: too few trades to compare with ${list(unknown)}${caveat}.`,
    )
  const losing = real.meanR <= 0 ? ', and still lose money' : ''
  return say(true, `After costs the strategies beat all their placebos with ${result}${losing}${caveat}.`)
}
