import type { Alert } from '../domain/effect.ts'
import type { EpochMs } from '../domain/unit.ts'

export interface Notifier {
  alert(alert: Alert, time: EpochMs): void
}
