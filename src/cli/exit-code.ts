/** How a command ended, for scripts. */
export const EXIT = {
  ok: 0,
  error: 1,
  notFound: 2,
  notRunning: 3,
  /** The configuration, the environment or the command line needs a change. */
  configuration: 4,
  timeout: 5,
  exchangeRejected: 6,
  riskHalt: 7,
  interrupted: 130,
} as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]
