/** Under this name a tab tells the forms in it how to say that something in them is not saved. */
export const UNSAVED = Symbol('unsaved');

/** Said when something is not saved; what it returns is called when it is. */
export type Hold = () => () => void;
