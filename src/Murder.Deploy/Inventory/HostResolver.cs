namespace Murder.Deploy;

/// <summary>Which hosts a deploy means; or, if anything is wrong, no hosts and all that is wrong.</summary>
/// <param name="Hosts">in the order of <c>Hosts</c>, within a group in that of the inventory; each once</param>
/// <param name="InventoryPath">the file that was read; null when there was none</param>
public sealed record HostResolution(IReadOnlyList<TargetHost> Hosts, IReadOnlyList<Problem> Problems, string? InventoryPath);

/// <summary>From what the user said to the hosts to deploy to. Connects to nothing.</summary>
public static class HostResolver
{
    /// <summary>Reads the inventory, if there is one, and resolves <see cref="DeploymentSettings.Hosts"/>.</summary>
    public static HostResolution Resolve(DeploymentSettings settings)
    {
        var problems = new List<Problem>();
        InventoryText? text = settings.InventoryCommand.Length > 0
            ? InventoryCommand.Run(settings.InventoryCommand, settings.ProjectDirectory, problems)
            : InventoryReader.Read(settings.Inventory, settings.ProjectDirectory, problems);
        return Resolve(settings, text, SshAliases.Of(settings), InventoryReader.HomeDirectory, problems);
    }

    /// <summary>The same without the disk.</summary>
    /// <param name="home">what '~' stands for in the path of a key</param>
    internal static HostResolution Resolve(DeploymentSettings settings, InventoryText? text, SshAliases aliases, string home, List<Problem> problems)
    {
        Inventory inventory = ReadInventory(settings, text, problems);
        bool isInventoryLost = inventory.GroupNames.Count == 0 && problems.Any(problem => !problem.IsWarning);
        var selected = new SelectedHosts(settings, inventory, aliases, home, problems);
        IReadOnlyList<HostTerm> terms = HostSelection.Parse(settings.Hosts);
        foreach (HostTerm term in terms.Where(term => !term.IsExclusion))
        {
            selected.Add(term.Name);
        }

        foreach (HostTerm term in terms.Where(term => term.IsExclusion))
        {
            selected.Remove(term.Name);
        }

        if (terms.Count == 0)
        {
            problems.Add(InventoryProblems.HostsEmpty());
        }

        IReadOnlyList<TargetHost> hosts = selected.Finish();
        if (hosts.Count == 0 && problems.Count == 0)
        {
            problems.Add(InventoryProblems.NothingLeft(settings.Hosts));
        }

        if (isInventoryLost)
        {
            problems.RemoveAll(InventoryProblems.IsUnknownName); // it may be known there
        }

        return new HostResolution(problems.Any(problem => !problem.IsWarning) ? [] : hosts, problems, text?.Path);
    }

    private static Inventory ReadInventory(DeploymentSettings settings, InventoryText? text, List<Problem> problems)
    {
        var builder = new InventoryBuilder(text?.Path);
        if (text is not null)
        {
            IEnumerable<string> itemGroups = HostItems.Groups(settings.HostItems);
            if (InventoryYaml.IsMeant(text))
            {
                InventoryYaml.Parse(text.Text, text.Path, itemGroups, builder, problems);
            }
            else
            {
                InventoryFile.Parse(text.Text, text.Path, itemGroups, builder, problems);
            }
        }

        HostItems.Add(settings.HostItems, settings.ProjectDirectory, builder, problems);
        return builder.Build();
    }
}
