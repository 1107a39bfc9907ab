import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Subject } from './subject.ts'
import type { Run } from './subject-process.ts'

/** What a measured run came to: equal over repeats, or the figures mean nothing. */
export interface Outcome {
  readonly trades: number
  /** Of everything that came out; not part of the work that is measured. */
  readonly checksum: () => string
}

export interface Measured {
  readonly name: string
  readonly bars: number
  readonly trades: number
  readonly checksum: string
  /** Median over the repeats. */
  readonly nsPerBar: number
  /** Likewise, processor time of the whole process: what wall time would be if nobody else wanted the machine. */
  readonly cpuNsPerBar: number
  readonly fastestNs: number
  /** The first run, before the compiler has warmed up. */
  readonly coldNs: number
  readonly peakMb: number
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!

async function start(subject: Subject): Promise<ChildProcess> {
  const child = fork(fileURLToPath(new URL('subject-process.ts', import.meta.url)), [JSON.stringify(subject)], {
    execArgv: ['--disable-warning=ExperimentalWarning'],
  })
  await once(child, 'message')
  return child
}

async function runOnce(child: ChildProcess): Promise<Run> {
  child.send('run')
  const [run] = (await once(child, 'message')) as [Run]
  return run
}

/**
 * Runs each subject in a process of its own, and all in turn, so that a slow moment of the machine falls on all of them.
 * Throws where a repeat differs.
 */
export async function interleaved(subjects: readonly Subject[], repeats: number): Promise<readonly Measured[]> {
  const children: ChildProcess[] = []
  try {
    for (const subject of subjects) children.push(await start(subject))
    const runs = subjects.map((): Run[] => [])
    for (let repeat = 0; repeat <= repeats; repeat += 1) {
      for (const [i, child] of children.entries()) {
        const run = await runOnce(child)
        const first = runs[i]![0] ?? run
        if (run.checksum !== first.checksum)
          throw new Error(`${subjects[i]!.name}: two runs differ: ${first.checksum}, ${run.checksum}`)
        runs[i]!.push(run)
      }
    }
    return subjects.map((subject, i) => summary(subject, runs[i]!))
  } finally {
    for (const child of children) child.disconnect()
  }
}

function summary({ name, bars }: Subject, [cold, ...warm]: readonly Run[]): Measured {
  const { trades, checksum } = cold!
  const perBar = (ns: number): number => ns / bars
  return {
    name,
    bars,
    trades,
    checksum,
    nsPerBar: perBar(median(warm.map(({ ns }) => ns))),
    cpuNsPerBar: perBar(median(warm.map(({ cpuNs }) => cpuNs))),
    fastestNs: perBar(Math.min(...warm.map(({ ns }) => ns))),
    coldNs: perBar(cold!.ns),
    peakMb: Math.max(...warm.map(({ peakMb }) => peakMb)),
  }
}
