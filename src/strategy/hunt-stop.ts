import type { Config } from '../config/schema.ts'
import { distanceRatio } from '../domain/cluster.ts'
import type { MarketView } from '../domain/market-view.ts'
import { sign, type Direction } from '../domain/side.ts'
import { adverseEdge, noAtrStop, noStop, settleStop, stopBuffer, type StopPlacement } from './stop.ts'

/**
 * The stop of a hunt: behind the nearest live zone on the adverse side that is strong enough, near enough
 * (`protective_max_pct`, to its near edge) and whose stop lies within `protective_atr`; without one, `fallback_stop_atr`
 * away; without an ATR either, nowhere.
 */
export function huntStop(view: MarketView, direction: Direction, config: Config): StopPlacement {
  const { protectiveMinStrength, protectiveAtr, protectiveMaxPct, fallbackStopAtr } = config.strategies.liquidationHunt
  const buffer = stopBuffer(view, config.stop)
  if (Number.isNaN(buffer)) return noAtrStop()
  for (const zone of direction === 'LONG' ? view.longClusters : view.shortClusters) {
    if (distanceRatio(zone, view.price) > protectiveMaxPct / 100) break
    if (zone.strength === null || zone.strength < protectiveMinStrength) continue
    const raw = adverseEdge(direction, zone) - sign(direction) * buffer
    const away = Math.abs(view.price - raw) / view.atr
    if (protectiveAtr !== null && !(away >= protectiveAtr[0] && away <= protectiveAtr[1])) continue
    return settleStop(view, direction, raw, buffer, config.stop)
  }
  if (!(view.atr > 0)) return noStop('neither a protective zone nor an average true range')
  const raw = view.price - sign(direction) * fallbackStopAtr * view.atr
  return settleStop(view, direction, raw, buffer, config.stop, ['stop_at_atr'])
}
