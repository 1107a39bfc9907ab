/** A subject in a process of its own: nothing of the others is in its memory, nor in what the compiler has learnt. */
import { prepare, type Subject } from './subject.ts'

/** A sample, a run on average, as the process that asked for it is told. */
export interface Run {
  readonly ns: number
  /** Processor time of the whole process: what `ns` would be if nobody else wanted the machine. */
  readonly cpuNs: number
  readonly trades: number
  readonly checksum: string
  /** Highest resident memory so far, MiB. */
  readonly peakMb: number
}

const tell = process.send!.bind(process)
const subject = JSON.parse(process.argv[2]!) as Subject
const run = prepare(subject)
process.on('message', () => void measure())
process.once('disconnect', () => process.exit())
tell('ready')

async function measure(): Promise<void> {
  const cpuStart = process.cpuUsage()
  const start = performance.now()
  let outcome = await run()
  for (let round = 1; round < subject.rounds; round += 1) outcome = await run()
  const ns = ((performance.now() - start) * 1e6) / subject.rounds
  const { user, system } = process.cpuUsage(cpuStart)
  const report: Run = {
    ns,
    cpuNs: ((user + system) * 1e3) / subject.rounds,
    trades: outcome.trades,
    checksum: outcome.checksum(),
    peakMb: Math.round(process.resourceUsage().maxRSS / 1024),
  }
  tell(report)
}
