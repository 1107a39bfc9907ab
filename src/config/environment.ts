/** The process's environment. The one place that reads it. */
export const environment = (): Readonly<Record<string, string | undefined>> => process.env
