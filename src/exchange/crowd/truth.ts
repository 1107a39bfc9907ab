import type { Instrument } from '../../domain/instrument.ts'
import type { ClusterSide } from '../../domain/side.ts'
import { openCrowd, type CrowdOptions } from './crowd.ts'
import type { CrowdTape } from './crowd-tape.ts'
import { ISOLATED } from './trader-book.ts'

/** An isolated position of the crowd as it truly is. */
export interface TruePosition {
  readonly side: ClusterSide
  readonly entryPrice: number
  readonly liquidationPrice: number
  /** Base units. */
  readonly quantity: number
  readonly leverage: number
}

/** A position the exchange closed. */
export interface TrueForcedOrder {
  readonly time: number
  readonly symbol: string
  /** Of the position. */
  readonly side: ClusterSide
  readonly price: number
  readonly quantity: number
  readonly leverage: number
  readonly liquidationPrice: number
  /** The mark that crossed it. */
  readonly mark: number
}

export interface CrowdWithTruth {
  readonly tape: CrowdTape
  /** Positions with a liquidation price, as of the tape's last move. */
  truth(instrument: Instrument): TruePosition[]
  /** Quantities of the whole book in lots: the crowd's longs and shorts, and the hedgers' net position. */
  ledger(instrument: Instrument): {
    readonly longLots: number
    readonly shortLots: number
    readonly hedgerLots: number
    readonly unmappedLots: number
  }
  /** Every forced order since the crowd began, grows as the tape is read. */
  readonly forcedOrders: readonly TrueForcedOrder[]
}

/**
 * A crowd together with what nobody on a real exchange can see. For tests and for judging a model of liquidation
 * prices; the tape is the same as without.
 */
export function createCrowdWithTruth(options: CrowdOptions): CrowdWithTruth {
  const forcedOrders: TrueForcedOrder[] = []
  const { tape, markets } = openCrowd(options, (market) => (time, row, price, mark) => {
    const { book, instrument } = market
    forcedOrders.push({
      time,
      symbol: instrument.symbol,
      side: sideOf(book.sign[row]!),
      price,
      quantity: book.lots[row]! * instrument.lot,
      leverage: book.leverage[row]!,
      liquidationPrice: book.liquidation[row]!,
      mark,
    })
  })
  const find = (instrument: Instrument) => {
    const market = markets.find((m) => m.instrument.symbol === instrument.symbol)
    if (!market) throw new RangeError(`${instrument.symbol} is not on this tape`)
    return market
  }
  return {
    tape,
    forcedOrders,
    truth(instrument) {
      const { book } = find(instrument)
      const positions: TruePosition[] = []
      for (let row = 0; row < book.count(); row++) {
        if (Number.isNaN(book.liquidation[row]!)) continue
        positions.push({
          side: sideOf(book.sign[row]!),
          entryPrice: book.entry[row]!,
          liquidationPrice: book.liquidation[row]!,
          quantity: book.lots[row]! * instrument.lot,
          leverage: book.leverage[row]!,
        })
      }
      return positions
    },
    ledger(instrument) {
      const { book } = find(instrument)
      let longLots = 0
      let shortLots = 0
      let unmappedLots = 0
      for (let row = 0; row < book.count(); row++) {
        if (book.sign[row]! > 0) longLots += book.lots[row]!
        else shortLots += book.lots[row]!
        if (book.kind[row] !== ISOLATED) unmappedLots += book.lots[row]!
      }
      return { longLots, shortLots, hedgerLots: shortLots - longLots, unmappedLots }
    },
  }
}

const sideOf = (sign: number): ClusterSide => (sign > 0 ? 'long' : 'short')
