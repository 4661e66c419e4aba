/** 'run.found_nothing_new' as 'Run found nothing new'. The code itself stands in the event. */
export function actionWords(action: string): string {
  const words = action.replaceAll(/[._]/g, ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}
