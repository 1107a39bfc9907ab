import { Dec } from '../domain/decimal.ts'
import type { MarketEvent, PriceEvent } from '../domain/event.ts'
import { epochMs } from '../domain/unit.ts'
import { refresh, refreshOthers } from './account.ts'
import type { Core } from './core.ts'
import { absorb, stress } from './forced.ts'
import { arrive } from './point.ts'
import { settleFunding } from './settle.ts'
import type { Slot } from './slot.ts'
import type { FundingSettlement, Move, TapeItem } from './tape.ts'
import { inside, setBounds } from './watch.ts'

export type ReusedPrice = { -readonly [K in keyof PriceEvent]: PriceEvent[K] }

export const blankPrice = (instrument: PriceEvent['instrument']): ReusedPrice => ({
  kind: 'price',
  time: epochMs(0),
  venueTime: epochMs(0),
  instrument,
  last: Number.NaN,
  mark: Number.NaN,
  bid: Number.NaN,
  ask: Number.NaN,
})

/** Takes in an item of the tape; the market event it makes, if it makes one. */
export function onItem(core: Core, slot: Slot, item: TapeItem, event: ReusedPrice): MarketEvent | undefined {
  switch (item.kind) {
    case 'move':
      return onMove(core, slot, item, event)
    case 'bar':
      seedFund(core, slot, item.openInterest * item.close)
      return item
    case 'open_interest':
      seedFund(core, slot, item.openInterest.totalUsd ?? Number.NaN)
      return item
    case 'funding':
      onFunding(core, slot, item)
      return undefined
    case 'bankruptcy':
      absorb(core, slot, item)
      return undefined
  }
}

/** Market children that an earlier process has left on their way. */
function releaseLeft(core: Core, slot: Slot, time: number): void {
  for (const order of slot.orders)
    if (order.state === 'released') core.schedule.add({ kind: 'release', time, instrument: slot.instrument, order })
}

export function onMove(core: Core, slot: Slot, move: Move, event: ReusedPrice): PriceEvent {
  if (!slot.known) releaseLeft(core, slot, move.time)
  const resumes = arrive(slot, move, core.parameters.limitVolumePct)
  slot.next = null
  if (slot.active) {
    slot.stale = true
    if (resumes) setBounds(slot)
    else slot.touched = !inside(slot, slot.last, slot.mark)
    if (slot.size !== 0) {
      if (core.positionCount > 1 && core.parameters.marginMode === 'cross') refreshOthers(core, slot)
      if (core.parameters.deleveragingStress === true) stress(core, slot, move.time)
    }
  }
  event.time = move.time
  event.venueTime = move.time
  event.instrument = move.instrument
  event.last = move.last
  event.mark = move.mark
  event.bid = move.bid
  event.ask = move.ask
  return event
}

function onFunding(core: Core, slot: Slot, item: FundingSettlement): void {
  slot.fundedRate = (slot.fundedAt === item.time ? slot.fundedRate : 0) + item.rate
  slot.fundedAt = item.time
  slot.fundedMark = item.mark
  if (slot.size === 0) return
  settleFunding(core, slot, item.rate, item.mark, slot.position.signed, item.time)
  refresh(core, slot)
}

/** The insurance fund starts as a share of each instrument's open interest, once that is known. */
function seedFund(core: Core, slot: Slot, openInterestUsd: number): void {
  if (slot.fundSeeded || !Number.isFinite(openInterestUsd)) return
  slot.fundSeeded = true
  core.books.insuranceFund = core.books.insuranceFund.plus(
    new Dec(openInterestUsd).times(core.parameters.insuranceFundPct).div(100),
  )
}
