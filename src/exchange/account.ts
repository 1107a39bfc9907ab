import { Dec, numberOf, ZERO, type Decimal } from '../domain/decimal.ts'
import { removeAt } from '../domain/short-list.ts'
import type { Core } from './core.ts'
import { liquidationLevel, maintenanceMargin } from './margin.ts'
import { entryPriceOf, isolatedMargin } from './position.ts'
import { cents } from './rounding.ts'
import type { Slot } from './slot.ts'
import { setBounds } from './watch.ts'
import { remaining } from './working-order.ts'

export const signOf = (slot: Slot): 1 | -1 => (slot.size < 0 ? -1 : 1)

/** 0 for a slot without a position, even before its first price. */
const unrealised = (slot: Slot): number => (slot.size === 0 ? 0 : slot.size * (slot.mark - slot.entry))

/** What stands behind a position: its own margin, or the wallet and the open results of the other positions. */
export function marginBehind(core: Core, slot: Slot): Decimal {
  if (core.parameters.marginMode === 'isolated') return isolatedMargin(slot.position, slot.leverage)
  let others = 0
  for (const other of core.active) if (other !== slot) others += unrealised(other)
  return core.books.wallet.plus(cents(new Dec(others)))
}

/** Margin that the other positions need for themselves; nothing when margin is isolated. */
function maintenanceOfOthers(core: Core, slot: Slot): number {
  if (core.parameters.marginMode === 'isolated') return 0
  let needed = 0
  for (const other of core.active) {
    if (other !== slot && other.size !== 0)
      needed += maintenanceMargin(Math.abs(other.size) * other.mark, other.instrument.marginTiers)
  }
  return needed
}

/** Funds that may still become margin of a new order. Resting orders that could open a position have theirs set aside. */
export function freeMargin(core: Core): Decimal {
  const isolated = core.parameters.marginMode === 'isolated'
  let free = core.books.wallet
  for (const slot of core.active) {
    if (slot.size !== 0) {
      free = isolated
        ? free.minus(isolatedMargin(slot.position, slot.leverage))
        : free.minus(cents(slot.position.cost.div(slot.leverage))).plus(cents(new Dec(unrealised(slot))))
    }
    for (const order of slot.orders) {
      if (order.state !== 'resting' || order.request.reduceOnly) continue
      free = free.minus(cents((order.request.price ?? ZERO).times(remaining(order)).div(slot.leverage)))
    }
  }
  return free
}

function setLiquidation(core: Core, slot: Slot): void {
  if (slot.size === 0) {
    slot.liquidation = Number.NaN
    return
  }
  const margin = numberOf(marginBehind(core, slot)) - maintenanceOfOthers(core, slot)
  slot.liquidation = liquidationLevel(
    signOf(slot),
    Math.abs(slot.size),
    slot.entry,
    margin,
    slot.instrument.marginTiers,
  )
}

/** In cross margin every mark moves the liquidation prices of the other positions. */
export function refreshOthers(core: Core, slot: Slot): void {
  for (const other of core.active) {
    if (other === slot || other.size === 0) continue
    setLiquidation(core, other)
    setBounds(other)
  }
}

/** Whether an isolated position or its margin is another than when this was last asked; most news are of orders alone. */
function hasOtherMargin(slot: Slot): boolean {
  const { signed, cost, funding } = slot.position
  const same =
    signed === slot.reckonedSize &&
    cost === slot.reckonedCost &&
    funding === slot.reckonedFunding &&
    slot.leverage === slot.reckonedLeverage
  slot.reckonedFunding = funding
  slot.reckonedLeverage = slot.leverage
  return !same
}

/** Brings the numbers of a slot up to date after its position, its margin or its orders have changed. */
export function refresh(core: Core, slot: Slot): void {
  const had = slot.size !== 0
  const { position } = slot
  const movesLiquidation = core.parameters.marginMode === 'cross' || hasOtherMargin(slot)
  if (position.signed !== slot.reckonedSize || position.cost !== slot.reckonedCost) {
    slot.reckonedSize = position.signed
    slot.reckonedCost = position.cost
    slot.size = numberOf(position.signed)
    slot.entry = numberOf(entryPriceOf(position))
  }
  const has = slot.size !== 0
  if (had !== has) core.positionCount += has ? 1 : -1
  refreshActivity(core, slot)
  if (movesLiquidation) setLiquidation(core, slot)
  setBounds(slot)
  if (core.parameters.marginMode === 'cross' && core.positionCount > 0) refreshOthers(core, slot)
}

export function refreshActivity(core: Core, slot: Slot): void {
  const active = slot.orders.length > 0 || slot.size !== 0 || slot.pending > 0
  if (active === slot.active) return
  slot.active = active
  if (!active) {
    removeAt(core.active, core.active.indexOf(slot))
    return
  }
  core.active.push(slot)
  if (core.active.length > 1) core.active.sort((a, b) => a.instrument.index - b.instrument.index)
}
