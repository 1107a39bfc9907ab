import type { Instrument } from '../domain/instrument.ts'
import type { Core } from './core.ts'
import { arriveWhole } from './point.ts'
import type { QuietBand } from './exchange.ts'
import type { Tape, WholePath } from './tape.ts'
import { inside } from './watch.ts'

/**
 * Goes through whole bars whose prices neither interest the receiver nor reach an order or a liquidation price. To be asked
 * only while nothing has been read ahead.
 */
export function createPassOver(
  core: Core,
  tape: Tape,
  quiet: readonly QuietBand[] | undefined,
): (until: number) => void {
  const { passOver } = tape
  if (quiet === undefined || passOver === undefined) return () => undefined
  const { slots, parameters } = core

  const mayPass = (path: WholePath): boolean => {
    const { low, high } = path
    const { index } = path.instrument
    const band = quiet[index]!
    if (!(low > band.low && high < band.high)) return false
    const slot = slots[index]!
    if (!slot.active) return true
    // What was held back in the bar before is served again at the open.
    if (slot.touched || slot.held !== 'nothing' || slot.budget < slot.instrument.lot) return false
    return inside(slot, low, low) && inside(slot, high, high)
  }

  const passed = (path: WholePath): void => {
    const slot = slots[path.instrument.index]!
    arriveWhole(slot, path, parameters.limitVolumePct)
    if (slot.active) slot.stale = true
  }

  const isIdle = (instrument: Instrument): boolean => !slots[instrument.index]!.active

  return (until) => passOver(until, mayPass, isIdle, passed)
}
