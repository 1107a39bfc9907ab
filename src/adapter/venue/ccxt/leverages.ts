import type { Instrument } from '../../../domain/instrument.ts'
import type { Dialect, InstrumentSettings } from './dialect.ts'

/** The leverage that is set at the venue, by symbol; `undefined`: nobody knows it. */
export interface Leverages {
  of(symbol: string): number | undefined
  /** Sets it; rejects where that is not confirmed, or takes too long for an entry. */
  prepare(instrument: Instrument, leverage: number): Promise<void>
  /** To be called before the account is looked at: what that has to show, of symbols whose leverage nobody touches meanwhile. */
  expected(): (symbol: string) => number | undefined
}

/** An entry was decided for the market of a moment; wall ms. */
const MAX_WAIT_MS = 2_000

interface Known {
  readonly leverage: number
}

export function createLeverages(
  settings: ReadonlyMap<string, InstrumentSettings>,
  dialect: Pick<Dialect, 'setLeverage'>,
): Leverages {
  /** Another object for each change, also where the leverage is one that was set before. */
  const known = new Map<string, Known>([...settings.values()].map(({ symbol, leverage }) => [symbol, { leverage }]))
  const of = (symbol: string): number | undefined => known.get(symbol)?.leverage

  return {
    of,
    async prepare(instrument, leverage) {
      const { symbol } = instrument
      // What failed may have been done all the same: until the venue confirms it, nobody knows what is set.
      known.delete(symbol)
      const begun = performance.now()
      const set = await dialect.setLeverage(instrument, leverage)
      if (set !== leverage) throw new Error(`the venue has set ${set}`)
      known.set(symbol, { leverage })
      const waited = performance.now() - begun
      if (waited > MAX_WAIT_MS) throw new Error(`it took ${(waited / 1_000).toFixed(1)} s, too long for an entry`)
    },
    expected() {
      const before = new Map(known)
      return (symbol) => (before.get(symbol) === known.get(symbol) ? of(symbol) : undefined)
    },
  }
}
