import { closeSync, fstatSync, ftruncateSync, openSync, readSync, writeFileSync } from 'node:fs'
import { problem, type Problem } from '../../domain/problem.ts'
import type { RawResponse } from './http.ts'
import type { HeatmapEndpoint } from './poller.ts'
import { writeRecordLine } from './record-line.ts'

/** Keeps every response as it came; the file only ever grows. */
export interface HeatmapRecorder {
  /** Why the disk did not take it, and nothing of it is there; `null`: it did. */
  record(symbol: string, endpoint: HeatmapEndpoint, response: RawResponse): string | null
  close(): void
}

export type RecorderResult =
  | { readonly kind: 'ok'; readonly recorder: HeatmapRecorder }
  | { readonly kind: 'invalid'; readonly problem: Problem }

function endsMidLine(file: number): boolean {
  const { size } = fstatSync(file)
  if (size === 0) return false
  const last = Buffer.alloc(1)
  readSync(file, last, 0, 1, size - 1)
  return last[0] !== 0x0a
}

/** Half a line would make everything before it unreadable; where it stays, the next recorder says so. */
function takeBack(file: number, size: number): void {
  try {
    ftruncateSync(file, size)
  } catch {
    // The disk takes nothing at all.
  }
}

/** Opens a recording for appending; refuses one whose last line is torn, as everything after it would be unreadable. */
export function openRecorder(path: string): RecorderResult {
  let file: number
  try {
    file = openSync(path, 'a+')
  } catch (error) {
    const what = error instanceof Error ? error.message : 'cannot be opened'
    return {
      kind: 'invalid',
      problem: problem(
        'recording_not_writable',
        path,
        what,
        'Choose a file in a folder that exists and may be written',
      ),
    }
  }
  if (endsMidLine(file)) {
    closeSync(file)
    return {
      kind: 'invalid',
      problem: problem(
        'recording_incomplete',
        path,
        'the last line is incomplete: its recorder was interrupted',
        'Remove that line, or record into a new file',
      ),
    }
  }
  return {
    kind: 'ok',
    recorder: {
      record(symbol, endpoint, response) {
        const { size } = fstatSync(file)
        try {
          writeFileSync(file, `${writeRecordLine(symbol, endpoint, response)}\n`)
          return null
        } catch (error) {
          takeBack(file, size)
          return error instanceof Error ? error.message : String(error)
        }
      },
      close: () => closeSync(file),
    },
  }
}
