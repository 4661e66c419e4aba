/** What a loader or an action may throw along with a status, as JSON. All of it is shown, so none of it may be secret. */
export type ErrorAnswer = {
  /** In the user's words: instead of the general title. */
  message?: string
  /** What to do: instead of the general advice. */
  advice?: string
  errorId?: string
}

type Answer = { title: string; safety: string; advice: string }

const UNCHANGED = 'Nothing was changed.'
const ANSWERS: Readonly<Record<number, Answer>> = {
  400: { title: 'This request cannot be read', safety: UNCHANGED, advice: 'Go back, check what you entered and send it again.' },
  401: { title: 'You are not signed in', safety: UNCHANGED, advice: 'Sign in, then open this page again.' },
  403: {
    title: 'Your role does not allow this',
    safety: UNCHANGED,
    advice: 'Ask the person who gives out roles, and name the page and what you wanted to do.',
  },
  404: {
    title: 'There is nothing at this address',
    safety: 'Nothing is lost: records are superseded, never deleted.',
    advice: 'Check the address, or look for the object in its list. It may lie outside the entities you may see.',
  },
  405: { title: 'This page does not take that', safety: UNCHANGED, advice: 'Go back and use the buttons of the page.' },
  409: {
    title: 'Somebody was faster, or things have moved on',
    safety: 'Your change was not made; what the others did stands.',
    advice: 'Open the page again, look at how things stand now and decide anew.',
  },
  413: {
    title: 'The file is larger than is allowed',
    safety: UNCHANGED,
    advice: 'Split the file, or ask for a higher limit for this job.',
  },
  422: { title: 'Something entered is not valid', safety: UNCHANGED, advice: 'Go back, correct it and send it again.' },
  429: { title: 'Too many requests in a short time', safety: UNCHANGED, advice: 'Wait a minute and try again.' },
  503: {
    title: 'The tower is not ready',
    safety: 'Published figures are safe. Runs go on or are taken up again by themselves.',
    advice: 'The database does not answer. The page comes back by itself as soon as it does.',
  },
}
/** The connection broke off, or the server is away for a moment: nobody's fault, and over by itself. */
export const UNREACHABLE: Answer = {
  title: 'The tower cannot be reached',
  safety: 'Published figures are safe: a change is made whole or not at all.',
  advice: 'The page comes back by itself as soon as the tower answers. What you did last may not have been done: look then.',
}

/** What fetch throws without an answer; every browser has words of its own. */
export const isUnreachable = (error: unknown): boolean =>
  error instanceof TypeError && /failed to fetch|networkerror|load failed/i.test(error.message)

const FAILED: Answer = {
  title: 'This page failed, and it is our fault',
  safety: 'Published figures are safe: a change is made whole or not at all.',
  advice: 'Try again. If it fails again, tell IT and quote the id.',
}

/** The sentence for a status. A fault of ours never shows what the error said. */
export function answerTo(status: number, told: ErrorAnswer = {}): Answer {
  if (status >= 500) return ANSWERS[status] ?? FAILED
  const general = ANSWERS[status] ?? { ...FAILED, title: 'This did not work', safety: UNCHANGED }
  return { ...general, title: told.message ?? general.title, advice: told.advice ?? general.advice }
}
