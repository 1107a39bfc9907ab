/** What a measured run came to: equal over repeats, or the figures mean nothing. */
export interface Outcome {
  readonly trades: number
  /** Of everything that came out; not part of the work that is measured. */
  readonly checksum: () => string
}

export interface Subject {
  readonly name: string
  readonly units: number
  run(): Outcome | Promise<Outcome>
}

export interface Measured {
  readonly trades: number
  readonly checksum: string
  readonly name: string
  readonly units: number
  /** Median over the repeats. */
  readonly nsPerUnit: number
  /** Likewise, processor time of the whole process: what wall time would be if nobody else wanted the machine. */
  readonly cpuNsPerUnit: number
  readonly fastestNs: number
  /** The first run, before the compiler has warmed up. */
  readonly coldNs: number
}

const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[sorted.length >> 1]!
}

/** Runs the subjects in turn, so that a slow moment of the machine falls on all of them. Throws where a repeat differs. */
export async function interleaved(subjects: readonly Subject[], repeats: number): Promise<readonly Measured[]> {
  const times = subjects.map((): number[] => [])
  const cpuTimes = subjects.map((): number[] => [])
  const outcomes: { readonly trades: number; readonly checksum: string }[] = []
  for (let repeat = 0; repeat <= repeats; repeat += 1) {
    for (const [i, subject] of subjects.entries()) {
      const cpuStart = process.cpuUsage()
      const start = performance.now()
      const outcome = await subject.run()
      times[i]!.push(((performance.now() - start) * 1e6) / subject.units)
      const { user, system } = process.cpuUsage(cpuStart)
      cpuTimes[i]!.push(((user + system) * 1e3) / subject.units)
      const checksum = outcome.checksum()
      const before = (outcomes[i] ??= { trades: outcome.trades, checksum })
      if (before.checksum !== checksum)
        throw new Error(`${subject.name}: two runs differ: ${before.checksum}, ${checksum}`)
    }
  }
  return subjects.map(({ name, units }, i) => {
    const [cold, ...warm] = times[i]!
    return {
      name,
      units,
      ...outcomes[i]!,
      nsPerUnit: median(warm),
      cpuNsPerUnit: median(cpuTimes[i]!.slice(1)),
      fastestNs: Math.min(...warm),
      coldNs: cold!,
    }
  })
}
