import CommandLineTools

ReportCommand.runAsProgram()
