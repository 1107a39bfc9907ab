import { styleText } from 'node:util'

export type Style = 'bold' | 'dim' | 'red' | 'yellow' | 'cyan'

export interface OutputOptions {
  readonly quiet: boolean
  readonly verbose: boolean
  /** False where the user or the environment wants none. */
  readonly color: boolean
}

interface Stream {
  readonly isTTY?: boolean
  write(text: string): unknown
}

/** Where a command speaks: data on stdout, messages on stderr. */
export interface Output {
  readonly verbose: boolean
  /** A line (or lines) of the command's result. */
  data(text: string): void
  /** A result as one JSON document on one line. */
  json(value: unknown): void
  /** Something worth knowing; silent with -q. */
  message(text: string): void
  /** Something that only -v shows. */
  detail(text: string): void
  /** Something that went wrong; never silent. */
  error(text: string): void
  /** Colours text that goes to `data`, where stdout is a terminal that wants it. */
  paintData(style: Style, text: string): string
  /** Colours text that goes to the other ones. */
  paintMessage(style: Style, text: string): string
}

export function createOutput(options: OutputOptions, stdout: Stream, stderr: Stream): Output {
  const { quiet, verbose, color } = options
  const say = (text: string): void => void stderr.write(`${text}\n`)
  const painter = (stream: Stream) => (style: Style, text: string) =>
    color && stream.isTTY === true ? styleText(style, text, { validateStream: false }) : text
  return {
    verbose,
    data: (text) => void stdout.write(text.endsWith('\n') ? text : `${text}\n`),
    json: (value) => void stdout.write(`${JSON.stringify(value)}\n`),
    message: (text) => (quiet ? undefined : say(text)),
    detail: (text) => (verbose ? say(text) : undefined),
    error: say,
    paintData: painter(stdout),
    paintMessage: painter(stderr),
  }
}
