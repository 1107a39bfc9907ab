import { pino, type Logger } from 'pino'
import { processScrubber, type Scrubber } from '../config/scrubber.ts'
import { openRotatingFile, type Rotation } from './rotating-file.ts'

export type { Logger }

export interface LoggerOptions {
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  /** JSON lines go here; `null`: nowhere. */
  readonly file: string | null
  /** Also gets every line from `warn` up, for the terminal or the service's own log; `null`: nobody. */
  readonly stderr: ((line: string) => void) | null
  readonly scrubber?: Scrubber
  readonly rotation?: Rotation
}

export interface OpenedLogger {
  readonly logger: Logger
  /** Lines that the disk did not take. */
  readonly lost: () => number
  readonly close: () => void
}

const WARN = 40

/**
 * JSON lines with `code` and `msg`, times in ISO 8601. Every line passes the scrubber as finished text, so that no
 * serializer, nested error or address can carry a secret around it.
 */
export function openLogger({ level, file, stderr, scrubber = processScrubber, rotation }: LoggerOptions): OpenedLogger {
  const target = file === null ? null : openRotatingFile(file, rotation)
  const logger = pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    {
      write(line: string) {
        const clean = scrubber.scrub(line)
        target?.write(clean)
        if (stderr && Number(/^\{"level":(\d+)/.exec(clean)?.[1]) >= WARN) stderr(clean)
      },
    },
  )
  return { logger, lost: () => target?.lost ?? 0, close: () => target?.close() }
}
