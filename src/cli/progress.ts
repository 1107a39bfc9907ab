import { Presets, SingleBar } from 'cli-progress'

const STEPS = 1_000

/** How far a long command is, as a bar on stderr where that is a terminal and nobody parses the output. */
export function createProgress(name: string, silent: boolean): { at(done: number): void; done(): void } {
  if (silent || process.stderr.isTTY !== true) return { at: () => undefined, done: () => undefined }
  // A run leaves no turn to handlers of signals: Ctrl-C ends it as it stands, so that nothing may need to be put back.
  const bar = new SingleBar(
    {
      format: `${name} {bar} {percentage} % | {eta_formatted} left`,
      stream: process.stderr,
      hideCursor: false,
      linewrap: true,
    },
    Presets.shades_classic,
  )
  bar.start(STEPS, 0)
  return {
    at: (done) => bar.update(Math.min(STEPS, Math.round(done * STEPS))),
    done: () => bar.stop(),
  }
}
