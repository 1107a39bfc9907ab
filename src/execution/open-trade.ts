import type { Candidate } from '../domain/candidate.ts'
import { ZERO, type Decimal } from '../domain/decimal.ts'
import { clientOrderId } from '../domain/id.ts'
import type { Instrument } from '../domain/instrument.ts'
import type { ClientOrderId, Leg, ProtectiveLeg } from '../domain/order.ts'
import { exitSide, type Direction, type OrderSide } from '../domain/side.ts'
import type { ExitReason } from '../domain/trade.ts'
import { epochMs, type EpochMs, type Price, type Quantity } from '../domain/unit.ts'

/** A protective order that is resting or on its way. */
export interface RestingLeg {
  readonly id: ClientOrderId
  readonly price: Price
  quantity: Quantity
  accepted: boolean
}

/** A protective order that a newer one replaces. */
export interface RetiringLeg {
  readonly id: ClientOrderId
  readonly leg: Leg
  readonly quantity: Quantity
  accepted: boolean
}

/** Legs of one kind that were certainly not placed, since one was last confirmed. */
export interface PutOffLeg {
  /** In a row. */
  times: number
  /** What the next one waits for, in ms; 0: nothing. */
  pauseMs: number
}

/**
 * A trade from its entry order to its last fill: one bracket. Mutable, owned by the engine; the functions of this
 * folder change it and return what to send.
 */
export interface OpenTrade {
  readonly id: string
  readonly instrument: Instrument
  readonly candidate: Candidate
  readonly direction: Direction
  readonly exitSide: OrderSide
  readonly strategyNumber: number
  readonly epoch: number
  readonly intent: number
  readonly planned: Quantity
  /** Of the position's margin. */
  readonly leverage: number
  readonly entryId: ClientOrderId
  readonly submittedAt: EpochMs
  entryDone: boolean
  /** Time of the first entry fill; 0 before it. */
  openedAt: EpochMs
  /** Open quantity, in base units. Negative only while news of a closing fill has overtaken that of the entry's. */
  position: Decimal
  entryQuantity: Decimal
  entryCost: Decimal
  exitQuantity: Decimal
  exitCost: Decimal
  exitTime: EpochMs
  fees: Decimal
  funding: Decimal
  readonly firstStop: Price
  stopPrice: Price
  targetPrice: Price
  readonly firstTarget: Price
  /** Size of the target's cluster at entry, in its source's own measure; NaN where the target is no cluster. */
  readonly targetSize: number
  stop: RestingLeg | null
  target: RestingLeg | null
  /** Legs that a newer one replaces; cancelled once that one rests. */
  readonly retiring: RetiringLeg[]
  /** The market exit on its way, if any. */
  exitId: ClientOrderId | null
  /** Why the position is being left; of what closed a part of it while the rest is still held. */
  exitReason: ExitReason | null
  /** Market exits in a row that ended without a fill. */
  exitFailures: number
  /** Stops and targets that the venue took away while they were needed. */
  lostLegs: number
  /** Time of the closed bar that decided the exit; `null` where an order or the venue did. */
  exitDecidedAt: EpochMs | null
  /** Stops placed in a row that the venue has not confirmed in time. */
  unconfirmedStops: number
  readonly putOff: Readonly<Record<ProtectiveLeg, PutOffLeg>>
  /** Since when stops that should cover the position have not come to rest, where one was put off or not confirmed. */
  nakedSince: EpochMs | null
  /** A stop was refused: the position is being left at market and no other stop is tried. */
  stopRefused: boolean
  /** The stop was moved to break-even. */
  breakEven: boolean
  revision: number
  /** Times that a late entry fill brought the trade back after it was over. */
  reopened: number
}

export interface NewTrade {
  readonly candidate: Candidate
  readonly instrument: Instrument
  readonly strategyNumber: number
  readonly epoch: number
  readonly intent: number
  readonly quantity: Quantity
  readonly leverage: number
  readonly stop: Price
  readonly target: Price
  readonly targetSize: number
  readonly time: EpochMs
}

export const nothingPutOff = (): OpenTrade['putOff'] => ({
  stop: { times: 0, pauseMs: 0 },
  target: { times: 0, pauseMs: 0 },
})

export function openTrade(input: NewTrade): OpenTrade {
  const { candidate, instrument, strategyNumber, epoch, intent } = input
  return {
    id: `${instrument.symbol}-${epoch}-${intent}`,
    instrument,
    candidate,
    direction: candidate.direction,
    exitSide: exitSide(candidate.direction),
    strategyNumber,
    epoch,
    intent,
    planned: input.quantity,
    leverage: input.leverage,
    entryId: clientOrderId({ strategy: strategyNumber, epoch, intent, leg: 'entry', revision: 0 }),
    submittedAt: input.time,
    entryDone: false,
    openedAt: epochMs(0),
    position: ZERO,
    entryQuantity: ZERO,
    entryCost: ZERO,
    exitQuantity: ZERO,
    exitCost: ZERO,
    exitTime: epochMs(0),
    fees: ZERO,
    funding: ZERO,
    firstStop: input.stop,
    stopPrice: input.stop,
    targetPrice: input.target,
    firstTarget: input.target,
    targetSize: input.targetSize,
    stop: null,
    target: null,
    retiring: [],
    exitId: null,
    exitReason: null,
    exitFailures: 0,
    lostLegs: 0,
    unconfirmedStops: 0,
    exitDecidedAt: null,
    putOff: nothingPutOff(),
    nakedSince: null,
    stopRefused: false,
    breakEven: false,
    revision: 0,
    reopened: 0,
  }
}

/**
 * The trade again, after its entry filled although it was over. What was accounted for stays so: figures start anew,
 * order ids go on, and what was decided about leaving still holds.
 */
export function reopenTrade(trade: OpenTrade): OpenTrade {
  return {
    ...trade,
    openedAt: epochMs(0),
    position: ZERO,
    entryQuantity: ZERO,
    entryCost: ZERO,
    exitQuantity: ZERO,
    exitCost: ZERO,
    fees: ZERO,
    funding: ZERO,
    stop: null,
    target: null,
    retiring: [],
    exitId: null,
    exitFailures: 0,
    lostLegs: 0,
    unconfirmedStops: 0,
    putOff: nothingPutOff(),
    nakedSince: null,
    stopRefused: false,
    reopened: trade.reopened + 1,
  }
}

/** A fresh id for another leg of the trade; no id is ever used twice. */
export function nextLegId(trade: OpenTrade, leg: Leg): ClientOrderId {
  trade.revision += 1
  return clientOrderId({
    strategy: trade.strategyNumber,
    epoch: trade.epoch,
    intent: trade.intent,
    leg,
    revision: trade.revision,
  })
}
