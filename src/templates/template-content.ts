import { readFileSync } from 'node:fs';
import { fail } from '../private/errors';

/**
 * The text of a part of a template.
 */
export class TemplateContent {
  /**
   * Text as it stands.
   *
   * @param text the part, in the template language of SES
   */
  public static inline(text: string): TemplateContent {
    return new TemplateContent(text);
  }

  /**
   * The text of a file in UTF-8. It is read once, here.
   *
   * @param path where the file is, as the process that synthesizes sees it
   */
  public static fromFile(path: string): TemplateContent {
    try {
      return new TemplateContent(readFileSync(path, 'utf8'), path);
    } catch (error) {
      return fail('TemplateContent.file', `the file "${path}" of a template cannot be read: ${(error as Error).message}`);
    }
  }

  /** The text. */
  public readonly text: string;

  /**
   * The file that it comes from.
   *
   * @default - it was given inline
   */
  public readonly path?: string;

  private constructor(text: string, path?: string) {
    this.text = text;
    this.path = path;
  }
}
