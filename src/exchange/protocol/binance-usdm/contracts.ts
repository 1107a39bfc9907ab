import { Dec, type Decimal } from '../../../domain/decimal.ts'
import { amendTerms, isInBand, type Instrument, type PriceBand } from '../../../domain/instrument.ts'
import type { FilterChange } from './market-fault.ts'
import { PERCENT_PRICE } from './market-data/exchange-info.ts'
import type { AlgoParameters, RegularParameters } from './order-parameters.ts'
import { CLOSED_SYMBOL, failure, NO_OPENING, OUT_OF_BAND, type ApiFailure } from './reject-code.ts'

/** What the exchange makes of its contracts besides matching them. */
export interface Contracts {
  /** Anything but `TRADING`: nobody can place an order. */
  statusOf(instrument: Instrument): string
  /** Throws a RangeError where there is no such contract, or a figure is no positive number. */
  check(change: FilterChange): void
  setStatus(symbol: string, status: string): void
  /** For every order from now on. */
  change(change: FilterChange): void
  observe(instrument: Instrument, last: number, mark: number): void
  /** Why an order is refused for its contract's status or for its distance from the mark; `null`: it is not. */
  refusalOf(asked: RegularParameters | AlgoParameters): ApiFailure | null
}

export function createContracts(instruments: readonly Instrument[]): Contracts {
  const statuses = new Map<string, string>()
  const prices = new Map<string, { readonly last: number; readonly mark: number }>()

  function listed(symbol: string): Instrument {
    const instrument = instruments.find((each) => each.symbol === symbol)
    if (!instrument) throw new RangeError(`${symbol} is not listed`)
    return instrument
  }

  const statusOf = ({ symbol }: Instrument): string => statuses.get(symbol) ?? 'TRADING'
  const bandOf = ({ priceBand }: Instrument): PriceBand => priceBand ?? PERCENT_PRICE

  return {
    statusOf,
    check({ symbol, ...changes }) {
      listed(symbol)
      for (const name of FIGURES) positive(changes[name])
    },
    setStatus(symbol, status) {
      statuses.set(symbol, status)
    },
    change({ symbol, ...changes }) {
      const instrument = listed(symbol)
      const tickSize = positive(changes.tick_size) ?? instrument.tickSize
      const lotSize = positive(changes.step_size) ?? instrument.lotSize
      const { up, down } = bandOf(instrument)
      amendTerms(instrument, {
        tickSize,
        tick: tickSize.toNumber(),
        lotSize,
        lot: lotSize.toNumber(),
        minQuantity: positive(changes.min_quantity) ?? instrument.minQuantity,
        minNotional: positive(changes.min_notional) ?? instrument.minNotional,
        priceBand: {
          up: positive(changes.multiplier_up)?.toNumber() ?? up,
          down: positive(changes.multiplier_down)?.toNumber() ?? down,
        },
      })
    },
    observe({ symbol }, last, mark) {
      prices.set(symbol, { last, mark })
    },
    refusalOf(asked) {
      const { instrument, side } = asked
      if (statusOf(instrument) !== 'TRADING') return asked.reduceOnly ? CLOSED_SYMBOL : NO_OPENING
      const price = prices.get(instrument.symbol)
      if (asked.kind === 'algo' || price === undefined) return null
      const band = bandOf(instrument)
      if (asked.price === null) return isInBand(band, side, price.last, price.mark) ? null : OUT_OF_BAND
      if (isInBand(band, side, asked.price.toNumber(), price.mark)) return null
      const bound = (side === 'buy' ? price.mark * band.up : price.mark * band.down).toFixed(
        instrument.tickSize.decimalPlaces(),
      )
      return side === 'buy'
        ? failure(-4016, `Limit price can't be higher than ${bound}.`)
        : failure(-4024, `Limit price can't be lower than ${bound}.`)
    },
  }
}

const FIGURES = ['tick_size', 'step_size', 'min_quantity', 'min_notional', 'multiplier_up', 'multiplier_down'] as const

function positive(text: string | undefined): Decimal | undefined {
  if (text === undefined) return undefined
  const value = /^\d+(\.\d+)?$/.test(text) ? new Dec(text) : new Dec(0)
  if (!value.gt(0)) throw new RangeError(`${text} is no positive number`)
  return value
}
