import type { z } from 'zod';
import { Ec2Error } from '../query/ec2-error.ts';
import type { launchTemplate } from './launch-template.ts';

export type StoredLaunchTemplate = z.output<typeof launchTemplate> & { readonly id: string; readonly createTime: Date };

/** How a request names a launch template: by one of the two. */
type LaunchTemplateReference = {
  readonly LaunchTemplateId?: string | undefined;
  readonly LaunchTemplateName?: string | undefined;
};

/** The launch templates of the Region. */
export class LaunchTemplates {
  readonly #byId = new Map<string, StoredLaunchTemplate>();

  /** Creates the template of this id, or replaces it with all its versions. */
  put(id: string, template: z.output<typeof launchTemplate>): void {
    this.#byId.set(id, { ...template, id, createTime: new Date() });
  }

  /** @throws {Ec2Error} when the reference names none or both, and when what it names does not exist. */
  require({ LaunchTemplateId: id, LaunchTemplateName: name }: LaunchTemplateReference): StoredLaunchTemplate {
    if (id !== undefined && name !== undefined) {
      throw new Ec2Error('InvalidParameterCombination', 'Specify either a launch template ID or name, not both.');
    }
    if (id !== undefined) return this.#requireId(id);
    if (name === undefined) throw new Ec2Error('MissingParameter', 'Specify either a launch template ID or name.');
    const template = [...this.#byId.values()].find((candidate) => candidate.name === name);
    if (!template) throw notFound('InvalidLaunchTemplateName.NotFoundException', `launch template ${name}`);
    return template;
  }

  #requireId(id: string): StoredLaunchTemplate {
    if (!/^lt-[0-9a-f]{8,17}$/.test(id)) throw new Ec2Error('InvalidLaunchTemplateId.Malformed', `Invalid id: "${id}"`);
    const template = this.#byId.get(id);
    if (!template) throw notFound('InvalidLaunchTemplateId.NotFound', `launch template, with template ID ${id}`);
    return template;
  }
}

function notFound(code: string, what: string): Ec2Error {
  return new Ec2Error(code, `The specified ${what}, does not exist.`);
}
