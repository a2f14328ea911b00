/** Asks before something that cannot be undone. One dialog for the whole portal. */
export interface Question {
  title: string;
  body: string;
  action: string;
  /** What the button says that does nothing, where "Cancel" would be taken for the action. */
  keep?: string;
  danger: boolean;
  /** What the action does; a rejection is shown in the dialog, which stays open. */
  run: () => Promise<void>;
}

export const asking = $state<{ question: Question | null }>({ question: null });

export function ask(question: Omit<Question, 'danger'> & { danger?: boolean }): void {
  asking.question = { danger: true, ...question };
}
