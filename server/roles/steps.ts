type Output = { write(text: string): unknown; isTTY?: boolean | undefined }

const WIDTH = 66
const QUIET_MS = 2_000
const REPEAT_MS = 5_000
const CLEAR_LINE = '\r\x1b[2K'

export type Steps = ReturnType<typeof makeSteps>

/** What a person sees while the program starts: one line a step with its duration, and a sign of life in a long one. */
export function makeSteps(output: Output = process.stdout, now: () => number = () => performance.now()) {
  const line = (text: string) => output.write(`${text}\n`)
  return {
    /** `done` words the line from the result; null prints nothing, for steps a newcomer need not know of. */
    async step<T>(doing: string, work: () => Promise<T>, done: (result: T) => string | null): Promise<T> {
      const begun = now()
      const stopSigns = signsOfLife(output, doing, () => now() - begun)
      try {
        const result = await work()
        stopSigns()
        const text = done(result)
        if (text !== null) line(`✔ ${text.padEnd(WIDTH)} ${seconds(now() - begun)}`)
        return result
      } catch (error) {
        stopSigns()
        throw error
      }
    },
    note: (text: string) => void line(`${output.isTTY ? CLEAR_LINE : ''}  ${text}`),
    line,
  }
}

function signsOfLife(output: Output, doing: string, elapsed: () => number) {
  // A terminal gets one line that counts, a log file a new line now and then.
  const show = () => {
    const sign = `… ${doing} ${seconds(elapsed())}`
    output.write(output.isTTY ? `${CLEAR_LINE}${sign}` : `${sign}\n`)
  }
  let repeat: NodeJS.Timeout | undefined
  const first = setTimeout(() => {
    show()
    repeat = setInterval(show, output.isTTY ? 500 : REPEAT_MS)
  }, QUIET_MS)
  return () => {
    clearTimeout(first)
    clearInterval(repeat)
    if (repeat && output.isTTY) output.write(CLEAR_LINE)
  }
}

const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`
