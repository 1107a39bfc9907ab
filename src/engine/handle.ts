import type { EngineEvent } from '../domain/event.ts'
import { alert, haltEntries, type EngineCore } from './core.ts'
import { onAbsent } from './fate.ts'
import { handleHeatmapFailed } from './heatmap-trouble.ts'
import { handleCommand } from './on-command.ts'
import { onContract } from './on-contract.ts'
import { handleBar, handleHeatmap, handleOpenInterest, handlePrice } from './on-market.ts'
import { handleForced } from './on-forced.ts'
import { handleFunding, handleOrderEvent, handleSeen } from './on-order.ts'
import { onConnection, onSnapshot, onSnapshotFailed } from './on-snapshot.ts'
import { handleTimer } from './on-timer.ts'
import type { OrderNews } from './order-news.ts'

/** What an event means for the engine's state; what it leads to waits in `core.effects`. */
export function handle(core: EngineCore, event: EngineEvent): void {
  switch (event.kind) {
    case 'price':
      return handlePrice(core, event)
    case 'bar':
      return handleBar(core, event)
    case 'open_interest':
      return handleOpenInterest(core, event)
    case 'heatmap':
      return handleHeatmap(core, event)
    case 'heatmap_failed':
      return handleHeatmapFailed(core, event)
    case 'order_accepted':
    case 'order_rejected':
    case 'order_triggered':
    case 'order_filled':
    case 'order_canceled':
    case 'order_expired':
    case 'order_unknown':
      // What comes in is told by the venue: the journal is handed the same event.
      return handleOrderEvent(core, event as OrderNews)
    case 'funding_paid':
      return handleFunding(core, event)
    case 'position_forced':
      return handleForced(core, event)
    case 'order_absent': {
      const proof = onAbsent(core, event)
      return proof ? handleOrderEvent(core, proof) : undefined
    }
    case 'order_seen':
      return handleSeen(core, event)
    case 'account_snapshot':
      return onSnapshot(core, event)
    case 'snapshot_failed':
      return onSnapshotFailed(core)
    case 'connection':
      return event.channel === 'account' ? onConnection(core, event.state, event.message) : undefined
    case 'contract_changed':
      return onContract(core, event)
    case 'venue_alarm':
      alert(core, 'critical', event.code, `${event.message}; no entries until somebody has looked`)
      return haltEntries(core, 'VENUE_ALARM', event.message)
    case 'timer':
      return handleTimer(core, event.id)
    case 'command':
      return handleCommand(core, event.command)
  }
}
