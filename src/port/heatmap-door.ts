import type { DoorResult, HeatmapArrival, OwnFigures } from '../domain/heatmap-payload.ts'

/** Turns what a provider said into a snapshot, or refuses it. One door a symbol: it remembers what it has seen. */
export interface HeatmapDoor {
  open(arrival: HeatmapArrival, own: OwnFigures): DoorResult
}
