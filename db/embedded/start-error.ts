/** The program cannot start. The message is one sentence for a person: what is wrong and what to do. */
export class StartError extends Error {
  override readonly name = 'StartError'
}
