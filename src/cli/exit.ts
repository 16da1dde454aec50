// Exit codes of every command (design contract) and the one way to end with a message.

export const EXIT = { fine: 0, findings: 1, usage: 2, invalid: 3, unreachable: 4, bug: 5 } as const;

/** Ends a command with a message for people; main.ts prints it without a stack. */
export class CommandError extends Error {
  readonly exitCode: number;
  constructor(exitCode: number, message: string) {
    super(message);
    this.exitCode = exitCode;
  }
}
