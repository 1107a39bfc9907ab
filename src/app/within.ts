/** The answer, or an error after `ms`: who says nothing must not hold up the rest. */
export async function within<T>(ms: number, call: () => T | Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  try {
    const silence = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`no answer within ${ms / 1_000} s`)), ms)
    })
    return await Promise.race([Promise.resolve().then(call), silence])
  } finally {
    clearTimeout(timer)
  }
}
