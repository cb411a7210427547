// Murder.Simulation: runs one scenario and prints what came of it. Exit code 0: every host that could complete did; 1: one did not; 2: wrong arguments.
using Murder.Simulation;

Scenario scenario;
bool isJson = args.Contains("--json");
try
{
    scenario = ScenarioArguments.Read([.. args.Where(word => word != "--json")]);
}
catch (FormatException e)
{
    Console.Error.WriteLine($"{e.Message}\n{ScenarioArguments.Usage}");
    return 2;
}

Simulation simulation = new(scenario);
SimulationReport report = simulation.Run();
if (simulation.Timeline is { } timeline && !isJson)
{
    Console.WriteLine(timeline.ToText());
}

Console.WriteLine(isJson ? ReportText.ToJson(report) : ReportText.ToText(report));
return report.HealthyCompleted == report.HealthyHosts && report.ImpairedCompleted == report.ImpairedHosts ? 0 : 1;
