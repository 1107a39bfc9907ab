import type { Census } from './inspector.ts'
import { pooledSlope, type Point } from './slope.ts'

/** What was seen at one moment. */
export interface Sample {
  readonly seconds: number
  readonly life: number
  /** Seconds since this bot was started. */
  readonly age: number
  readonly market: number
  readonly bot: Process
  readonly exchange: Process
  readonly orders: number
  readonly fills: number
  readonly events: number
  readonly journalBytes: number
  readonly troubles: number
  readonly violations: number
}

/** Bytes; `cpu` in cores since the sample before. */
export interface Process {
  readonly rss: number
  readonly heap: number
  readonly cpu: number
}

const MB = 1_048_576
const HOUR_SECONDS = 3_600
const mb = (bytes: number): string => (bytes / MB).toFixed(1)

const HEAD =
  '  wall  life market time       bot rss   heap   cpu   exchange rss   heap   cpu   orders  fills  events  journal  faults  violations'

export const tableHead = (): string => HEAD

export function tableRow(s: Sample): string {
  const time = new Date(s.seconds * 1_000).toISOString().slice(11, 19)
  const process = ({ rss, heap, cpu }: Process, first: number): string =>
    mb(rss).padStart(first) + mb(heap).padStart(7) + cpu.toFixed(2).padStart(6)
  return [
    time,
    String(s.life).padStart(3),
    ` ${new Date(s.market).toISOString().slice(0, 16)}`,
    process(s.bot, 8),
    process(s.exchange, 14),
    String(s.orders).padStart(8),
    String(s.fills).padStart(6),
    String(s.events).padStart(7),
    mb(s.journalBytes).padStart(8),
    String(s.troubles).padStart(7),
    String(s.violations).padStart(11),
  ].join(' ')
}

export interface Trend {
  readonly name: string
  /** MB per hour, and its standard error. */
  readonly slope: number
  readonly error: number
  readonly points: number
  /** `null`: too short a time to tell. */
  readonly grows: boolean | null
}

/** What counts as none: below it, or not to be told from chance. MB per hour. */
const FLAT = { heap: 3, rss: 15 }
const SIGNIFICANT = 2
/** Less of it shows how a process warms up, and no slope. */
const LEAST_HOURS = 0.4

/** How memory changed after each process had warmed up. */
export function trends(samples: readonly Sample[], warmSeconds: number): readonly Trend[] {
  const trend = (who: 'bot' | 'exchange', what: 'heap' | 'rss'): Trend => {
    const warm = samples.filter((s) => (who === 'bot' ? s.age : s.seconds) >= warmSeconds)
    const points = warm.map((s): Point => ({
      life: who === 'bot' ? s.life : 1,
      hours: s.seconds / HOUR_SECONDS,
      value: s[who][what] / MB,
    }))
    const { slope, error } = pooledSlope(points)
    const hours = (points.at(-1)?.hours ?? 0) - (points[0]?.hours ?? 0)
    const grows = hours < LEAST_HOURS ? null : slope > FLAT[what] && slope > SIGNIFICANT * error
    return { name: `${who} ${what}`, slope, error, points: points.length, grows }
  }
  return [trend('bot', 'heap'), trend('bot', 'rss'), trend('exchange', 'heap'), trend('exchange', 'rss')]
}

export interface Growth {
  readonly label: string
  readonly before: number
  readonly after: number
  readonly largest: number
}

/** Entries of the collections that hold more than they did, those that grew most first. */
export function growths(before: readonly Census[], after: readonly Census[]): readonly Growth[] {
  const known = new Map(before.map((each) => [each.label, each.entries]))
  return after
    .map(({ label, entries, largest }) => ({ label, before: known.get(label) ?? 0, after: entries, largest }))
    .filter((growth) => growth.after > growth.before)
    .toSorted((a, b) => b.after - b.before - (a.after - a.before))
}
